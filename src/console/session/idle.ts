const looksEveryMs = 1_000;
const signs = ['pointerdown', 'pointermove', 'keydown', 'wheel', 'touchstart'] as const;

/**
 * Calls `idled` once nobody touched the page for `limitMs`, by the time of day: timers stand still while a machine
 * sleeps, and whoever wakes it finds the page locked before their first touch counts.
 */
export function watchIdleness(limitMs: number, idled: () => void): () => void {
  let last = Date.now();
  const look = () => {
    if (Date.now() - last >= limitMs) {
      stop();
      idled();
    }
  };
  const touched = () => {
    look();
    last = Date.now();
  };
  const timer = window.setInterval(look, looksEveryMs);
  const stop = () => {
    window.clearInterval(timer);
    for (const sign of signs) window.removeEventListener(sign, touched, true);
    document.removeEventListener('visibilitychange', look);
    window.removeEventListener('pageshow', look);
  };
  for (const sign of signs) window.addEventListener(sign, touched, { capture: true, passive: true });
  document.addEventListener('visibilitychange', look);
  window.addEventListener('pageshow', look);
  return stop;
}
