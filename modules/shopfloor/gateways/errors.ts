import { defineErrors } from '#values/errors.ts'

export const gatewayErrors = defineErrors('gateways', {
  wrongCredential: { status: 401, message: 'The gateway’s name or its secret is wrong.' },
  lockedOut: { status: 429, message: 'Too many wrong secrets. Try again later.' },
  notAGateway: { status: 403, message: 'This device is no gateway.' },
  commandNotFound: { status: 404, message: 'No such command waits for an answer of this gateway.' },
})
