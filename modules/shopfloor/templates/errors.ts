import { defineErrors } from '#values/errors.ts'

export const templatesErrors = defineErrors('templates', {
  notFound: { status: 404, message: 'There is no template of this industry.' },
  siteNotFound: { status: 404, message: 'No such site.' },
  machineUnknown: { status: 400, message: 'The template has no such machine type.' },
  protocolUnknown: { status: 400, message: 'There is no such protocol.' },
  plantExists: { status: 409, message: 'The organisation has sites already: choose one of them.' },
})
