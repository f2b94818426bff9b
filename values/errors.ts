interface Kind {
  status: number
  message: string
}

/** A failure that ends the request. Its `code` is the API code, the log field and the translation key. */
export class AppError extends Error {
  readonly code: string
  readonly status: number
  readonly details: Record<string, unknown>
  constructor(code: string, kind: Kind, details: Record<string, unknown>) {
    super(kind.message)
    this.code = code
    this.status = kind.status
    this.details = details
  }
}

export interface ErrorType {
  (details?: Record<string, unknown>): AppError
  readonly code: string
  readonly status: number
  readonly message: string
}

/** Declares a module's failures: `throw alarmErrors.notFound({ id })` in a use case, `errors: [alarmErrors.notFound]` in the contract. */
export function defineErrors<const K extends Record<string, Kind>>(module: string, kinds: K) {
  const types = Object.entries(kinds).map(([name, kind]) => {
    const code = `${module}.${name}`
    const create = (details: Record<string, unknown> = {}) => new AppError(code, kind, details)
    return [name, Object.assign(create, { code, status: kind.status, message: kind.message })]
  })
  return Object.fromEntries(types) as { [Name in keyof K]: ErrorType }
}

/** Failures that any endpoint may answer with; they are not repeated in the contracts. */
export const requestErrors = defineErrors('request', {
  invalid: { status: 400, message: 'The request does not fit the contract.' },
  notSignedIn: { status: 401, message: 'Sign in first.' },
  notAllowed: { status: 403, message: 'You lack the permission for this.' },
  csrf: { status: 403, message: 'The request lacks the token of your session. Reload the page.' },
  notFound: { status: 404, message: 'There is nothing at this address.' },
  tooLarge: { status: 413, message: 'The request is larger than allowed.' },
  fileEmpty: { status: 422, message: 'The file is empty.' },
  fileTypeRefused: { status: 415, message: 'Files of this type are not taken here.' },
  fileNotAsNamed: { status: 415, message: 'The content of the file is not what its name says.' },
  tooMany: { status: 429, message: 'Too many requests; try again later.' },
  keyReused: { status: 422, message: 'The Idempotency-Key was used for another request.' },
  stillRunning: { status: 409, message: 'The first request with this Idempotency-Key is still running.' },
  answerLost: {
    status: 409,
    message: 'The first request with this Idempotency-Key was done, but its answer was lost; look at what is there.',
  },
  internal: { status: 500, message: 'Something went wrong on our side.' },
  unavailable: { status: 503, message: 'The service is not ready; try again in a few seconds.' },
})
