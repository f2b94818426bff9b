import { defineErrors } from '#values/errors.ts'

export const notificationsErrors = defineErrors('notifications', {
  messageNotFound: { status: 404, message: 'No such message.' },
  personsOnly: { status: 409, message: 'Only a person has an inbox.' },
})
