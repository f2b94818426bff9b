import { defineErrors } from '#values/errors.ts'

export const organisationErrors = defineErrors('organisations', {
  notFound: { status: 404, message: 'No such organisation.' },
  relationNotFound: { status: 404, message: 'No such relation.' },
  changedMeanwhile: { status: 409, message: 'Somebody changed the organisation meanwhile.' },
  sandboxExists: { status: 409, message: 'The organisation has a sandbox already.' },
  creditCodeTaken: { status: 409, message: 'An organisation with this unified social credit code exists.' },
  codeTaken: { status: 409, message: 'An organisation with this short code exists.' },
  relationExists: { status: 409, message: 'This relation exists already in this period.' },
  invalidPeriod: { status: 422, message: 'The end lies before the start.' },
  relationNotProposed: { status: 409, message: 'The relation is not waiting for a confirmation by this organisation.' },
  wrongPartnerKind: { status: 422, message: 'An organisation of this kind cannot serve in such a relation.' },
  sizeRulesUnordered: {
    status: 422,
    message: 'Each class of a sector stands once for a date, and a higher class demands no less than a lower one.',
  },
  noSizeRule: { status: 422, message: 'There are no size thresholds for this sector on this date.' },
  operatorOnly: { status: 403, message: 'Only the operator of the platform may do this.' },
  ownOrganisation: { status: 409, message: 'An organisation cannot suspend itself.' },
  selfRelation: { status: 422, message: 'An organisation has no relation with itself.' },
})
