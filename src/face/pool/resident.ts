/** Resident memory of this process in bytes; where the system does not tell, the most it ever was. */
export function residentBytes(): number {
  try {
    return process.memoryUsage.rss();
  } catch {
    // Linux tells by a file of /proc, which a confined process may lose sight of under memory pressure.
    return process.resourceUsage().maxRSS * 1024;
  }
}
