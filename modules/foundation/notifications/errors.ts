import { defineErrors } from '#values/errors.ts'

export const notificationsErrors = defineErrors('notifications', {
  messageNotFound: { status: 404, message: 'No such message.' },
  personsOnly: { status: 409, message: 'Only a person has an inbox.' },
  changedMeanwhile: { status: 409, message: 'The settings were changed meanwhile.' },
  noMailServer: { status: 409, message: 'The platform has no mail server.' },
  mailNotTaken: { status: 502, message: 'The mail server did not take the mail.' },
  noSmsGateway: { status: 409, message: 'The platform has no gateway for short messages.' },
  smsNotTaken: { status: 502, message: 'The gateway did not take the short message.' },
  tooManyCodes: { status: 409, message: 'Five codes were sent to a telephone today.' },
  codeJustSent: { status: 409, message: 'A code was sent less than a minute ago.' },
  wrongCode: { status: 422, message: 'The code is wrong or too old.' },
  webhookNotFound: { status: 404, message: 'No such webhook.' },
  webhookChangedMeanwhile: { status: 409, message: 'The webhook was changed meanwhile.' },
  webhookStopped: { status: 409, message: 'The webhook is stopped.' },
  tooManyWebhooks: { status: 409, message: 'The organisation has as many webhooks as are allowed.' },
  unknownEvent: { status: 422, message: 'There is no such event.' },
  deliveryNotFound: { status: 404, message: 'No such message to a webhook.' },
  deliveryWaits: { status: 409, message: 'It waits to be sent anyway.' },
})
