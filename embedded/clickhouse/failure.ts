/** A refusal or an error as ClickHouse's HTTP interface tells it: `Code: 60. DB::Exception: … (UNKNOWN_TABLE)`. */
export class Failure extends Error {
  readonly code: number
  readonly status: number
  constructor(code: number, text: string, status: number) {
    super(text)
    this.code = code
    this.status = status
  }
}

const kinds = {
  BAD_ARGUMENTS: [36, 400],
  NOT_IMPLEMENTED: [48, 400],
  UNKNOWN_FORMAT: [73, 400],
  SYNTAX_ERROR: [62, 400],
  UNKNOWN_TABLE: [60, 404],
  INCORRECT_DATA: [117, 400],
  TIMEOUT_EXCEEDED: [159, 408],
  TOO_MANY_SIMULTANEOUS_QUERIES: [202, 503],
  QUERY_WAS_CANCELLED: [394, 499],
  NOT_ENOUGH_SPACE: [243, 507],
  UNKNOWN_QUERY_PARAMETER: [456, 400],
  TOO_LARGE_STRING_SIZE: [131, 413],
  ACCESS_DENIED: [497, 403],
  AUTHENTICATION_FAILED: [516, 403],
  REQUIRED_PASSWORD: [194, 401],
  ABORTED: [236, 503],
} as const satisfies Record<string, readonly [code: number, status: number]>

export function failure(kind: keyof typeof kinds, message: string): Failure {
  const [code, status] = kinds[kind]
  return new Failure(code, `Code: ${code}. DB::Exception: ${message} (${kind})`, status)
}

/** HTTP statuses as the server gives them; what is not listed is 500. */
const engineStatus: Readonly<Record<number, number>> = {
  6: 400,
  16: 404,
  27: 400,
  38: 400,
  36: 400,
  41: 400,
  42: 400,
  43: 400,
  44: 400,
  46: 404,
  47: 404,
  50: 404,
  53: 400,
  60: 404,
  62: 400,
  69: 400,
  70: 400,
  72: 400,
  73: 400,
  81: 404,
  115: 404,
  117: 400,
  159: 408,
  164: 403,
  202: 503,
  243: 507,
  349: 400,
  386: 400,
  394: 499,
  396: 400,
  452: 400,
  456: 400,
  457: 400,
  497: 403,
}

/** What the engine threw, unchanged in its words. */
export function engineFailure(error: unknown): Failure {
  if (error instanceof Failure) return error
  const text = error instanceof Error ? error.message : String(error)
  const code = Number(/^Code: (\d+)\./.exec(text)?.[1] ?? 1002)
  const told = text.startsWith('Code: ') ? text : `Code: 1002. DB::Exception: ${text} (UNKNOWN_EXCEPTION)`
  return new Failure(code, told.trim(), engineStatus[code] ?? 500)
}
