import { defineErrors } from '#values/errors.ts'

export const securityErrors = defineErrors('security', {
  entryNotFound: { status: 404, message: 'No such audit entry.' },
})
