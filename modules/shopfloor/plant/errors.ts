import { defineErrors } from '#values/errors.ts'

export const plantErrors = defineErrors('plant', {
  notFound: { status: 404, message: 'No such place in the plant.' },
  changedMeanwhile: { status: 409, message: 'Somebody changed the plant meanwhile.' },
  codeTaken: { status: 409, message: 'A place with this code exists.' },
  levelNotAllowed: { status: 422, message: 'A place of this level cannot stand below the other one.' },
  enterpriseExists: { status: 409, message: 'The plant has its enterprise already.' },
  cycle: { status: 422, message: 'A place cannot be moved below itself.' },
  otherSite: { status: 422, message: 'A place cannot move to another site: its history belongs to the old one.' },
  retired: { status: 409, message: 'The place is retired.' },
  parentRetired: { status: 409, message: 'The place above is retired; restore that one first.' },
  tooManyNodes: { status: 422, message: 'The plant has as many places as one organisation may have.' },
  shiftOverlap: { status: 409, message: 'Another shift of the site covers part of this time.' },
  shiftNotFound: { status: 404, message: 'No such shift.' },
  invalidPeriod: { status: 422, message: 'The end lies before the start.' },
  notANetwork: { status: 422, message: 'This is no network address.' },
  networkNotPrivate: { status: 422, message: 'Only a network within one private range can be declared.' },
  duplicateNetwork: { status: 422, message: 'A network stands twice with the same date.' },
  duplicateDate: { status: 422, message: 'A date stands in the list twice.' },
})
