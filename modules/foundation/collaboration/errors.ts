import { defineErrors } from '#values/errors.ts'

export const collaborationErrors = defineErrors('collaboration', {
  documentNotFound: { status: 404, message: 'No such document.' },
  entryNotFound: { status: 404, message: 'No such comment or attachment.' },
  notAuthor: { status: 403, message: 'Only its author takes it back.' },
  writtenForAll: { status: 409, message: 'It was written for all: take it back on the document of which this is a copy.' },
  noPartner: { status: 422, message: 'The document has no other party.' },
  unknownPerson: { status: 422, message: 'Somebody who is mentioned may not read such documents.' },
  tooManyFiles: { status: 409, message: 'The document has as many attachments as are allowed.' },
})
