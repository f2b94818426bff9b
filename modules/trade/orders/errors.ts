import { defineErrors } from '#values/errors.ts'

export const ordersErrors = defineErrors('orders', {
  notFound: { status: 404, message: 'No such order.' },
  changedMeanwhile: { status: 409, message: 'The order changed meanwhile.' },
  notAllowedNow: { status: 409, message: 'The state of the order does not allow this, or it is the other side’s turn.' },
  noSupplier: { status: 404, message: 'There is no such supplier among your partners.' },
  notASource: { status: 422, message: 'The supplier is no approved source of a material.' },
  proposalInvalid: { status: 422, message: 'The proposal has mistakes; `problems` names them by line.' },
  nothingChanged: { status: 422, message: 'The proposal says what stands already; accept instead.' },
  priceNotAllowed: { status: 403, message: 'You may not set prices by hand.' },
  mayNotOrder: { status: 403, message: 'You may not make orders.' },
  ownApproval: { status: 403, message: 'Nobody approves what he has prepared or submitted himself.' },
  approvalNeeded: {
    status: 403,
    message: 'The amount is above the limit: somebody with the permission to approve, other than who prepared it, must do this.',
  },
  belowShipped: { status: 409, message: 'More was shipped meanwhile than the revision leaves.' },
  stillOnTheWay: { status: 409, message: 'Goods of this order are on the way; receive them first.' },
  moreThanAgreed: { status: 409, message: 'More than was agreed, with its tolerance.' },
  counterBelowZero: { status: 409, message: 'More is taken back than was counted.' },
  notOpen: { status: 409, message: 'The schedule line is not open for delivery.' },
  periodTooLong: { status: 422, message: 'The period ends before it begins, or is longer than a year.' },
  expediteNotFound: { status: 404, message: 'No such request to expedite.' },
  expediteClosed: { status: 409, message: 'It was answered or taken back already, or it is for the other side to do.' },
  alreadyAsked: { status: 409, message: 'This delivery was asked for already and is not answered yet.' },
  dayPassed: { status: 422, message: 'The day has passed.' },
  unknownRevision: { status: 404, message: 'The order has no such revision.' },
})
