/** The sign of the application: two faces side by side. */
export const Mark = () => (
  <svg className="mark" viewBox="0 0 32 32" width="22" height="22" aria-hidden="true">
    <rect width="32" height="32" rx="6" className="mark-ground" />
    <rect x="5" y="8" width="10" height="16" rx="5" className="mark-full" />
    <rect x="18" y="9" width="8" height="14" rx="4" className="mark-line" />
  </svg>
);
