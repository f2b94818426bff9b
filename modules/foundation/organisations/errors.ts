import { defineErrors } from '#values/errors.ts'

export const organisationErrors = defineErrors('organisations', {
  notFound: { status: 404, message: 'No such organisation.' },
  relationNotFound: { status: 404, message: 'No such relation.' },
  changedMeanwhile: { status: 409, message: 'Somebody changed the organisation meanwhile.' },
  creditCodeTaken: { status: 409, message: 'An organisation with this unified social credit code exists.' },
  codeTaken: { status: 409, message: 'An organisation with this short code exists.' },
  relationExists: { status: 409, message: 'This relation exists already in this period.' },
  invalidPeriod: { status: 422, message: 'The end lies before the start.' },
  selfRelation: { status: 422, message: 'An organisation has no relation with itself.' },
})
