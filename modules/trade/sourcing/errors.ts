import { defineErrors } from '#values/errors.ts'

export const sourcingErrors = defineErrors('sourcing', {
  notFound: { status: 404, message: 'No such request for quotation.' },
  agreementNotFound: { status: 404, message: 'No such agreement.' },
  contentInvalid: { status: 422, message: 'The content of the agreement is not consistent.' },
  aboveTarget: { status: 422, message: 'More would be called off than the agreement allows.' },
  priceNotAgreed: { status: 422, message: 'The order of a call-off takes the price that the agreement says for the quantity.' },
  callOffLinesOnly: { status: 422, message: 'The order of a call-off takes no lines of its own: call off again.' },
  tooManyCallOffs: { status: 422, message: 'An agreement takes no more call-offs: make a new one.' },
  termTooLong: { status: 409, message: 'The term of payment is longer than `days`, which a rule lets nobody sign beyond.' },
  changedMeanwhile: { status: 409, message: 'Somebody changed it meanwhile.' },
  notAllowedNow: { status: 409, message: 'It is in a state that does not allow this.' },
  sealed: { status: 409, message: 'Bids are sealed until the deadline.' },
  deadlinePassed: { status: 409, message: 'The deadline has passed.' },
  deadlineTooEarly: { status: 422, message: 'The deadline must lie in the future, and only moves to a later time.' },
  noSupplier: { status: 422, message: 'Invite suppliers with a supply relation in force.' },
  materialUnknown: { status: 422, message: 'A material is not in the catalogue, or not in such a unit.' },
  lineUnknown: { status: 422, message: 'A line is quoted that was not asked for, or twice.' },
  notQuoted: { status: 422, message: 'A supplier is awarded a line that he did not quote.' },
  sharesWrong: { status: 422, message: 'The shares of each awarded line must come to 100 %.' },
  dayNeeded: { status: 422, message: 'A line has neither a day nor a lead time: say until when it shall be delivered.' },
  reasonNeeded: { status: 422, message: 'Say why the lowest price does not get the line.' },
})
