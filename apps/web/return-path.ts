/** A path of this site only: the address bar may carry anything. */
export const safeReturnPath = (path: string | null): string =>
  path && /^\/(?![/\\])/.test(path) && !path.startsWith('/log-in') ? path : '/'
