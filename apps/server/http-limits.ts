/** How long a client may take and how much may wait, the same over HTTP and HTTPS (node:http's own names). */
export const httpLimits = {
  /** From the first byte, or from the connection where none comes, to the end of the headers. */
  headersTimeout: 15_000,
  /** A whole request, that of a big file from a phone too; what is no upload has half a minute (kernel/upload.ts). */
  requestTimeout: 10 * 60_000,
  /** How often the two above are looked after. */
  connectionsCheckingInterval: 2_000,
  maxHeaderSize: 16 * 1024,
} as const

/** Of each port; whoever comes next is turned away at once, and those who are there go on. */
export const MAX_CONNECTIONS = 8_000
