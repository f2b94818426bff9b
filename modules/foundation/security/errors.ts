import { defineErrors } from '#values/errors.ts'

export const securityErrors = defineErrors('security', {
  secretNotFound: { status: 404, message: 'No such secret.' },
  secretNameTaken: { status: 409, message: 'A secret of this name is kept already.' },
  changedMeanwhile: { status: 409, message: 'Somebody changed the secret meanwhile.' },
  keptByModule: { status: 409, message: 'The secret belongs to a connection and is changed there.' },
  secretTooLarge: { status: 413, message: 'A secret may be 16 kB long at most.' },
  tooManySecrets: { status: 409, message: 'The organisation keeps as many secrets as it may.' },
  entryNotFound: { status: 404, message: 'No such audit entry.' },
})
