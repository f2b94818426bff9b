import { defineErrors } from '#values/errors.ts'

export const financeErrors = defineErrors('finance', {
  notFound: { status: 404, message: 'There is no such record.' },
  changedMeanwhile: { status: 409, message: 'Somebody changed it meanwhile.' },
  ledgerNotOpen: { status: 409, message: 'The organisation has no chart of accounts yet.' },
  ledgerOpen: { status: 409, message: 'The organisation has its chart of accounts already.' },
  codeTaken: { status: 409, message: 'There is an account of this code already.' },
  parentMissing: { status: 422, message: 'The account above it does not exist.' },
  parentUsed: { status: 409, message: 'The account above it has been posted to; it can have no accounts below it.' },
  accountUsed: { status: 409, message: 'The account has postings after that day.' },
  accountNotPostable: { status: 422, message: 'Nothing can be posted to this account on that day.' },
  notBalanced: { status: 422, message: 'Debit and credit are not equal.' },
  periodClosed: { status: 409, message: 'The period is closed.' },
  periodNotClosed: { status: 409, message: 'The period is open.' },
  earlierPeriodOpen: { status: 409, message: 'An earlier period is still open.' },
  laterPeriodClosed: { status: 409, message: 'A later period is closed.' },
  periodNotOver: { status: 409, message: 'The period is not over.' },
  alreadyReversed: { status: 409, message: 'The voucher is reversed already, or is itself a reversal.' },
  sourcedVoucher: { status: 409, message: 'The voucher belongs to a document; correct that document.' },
  partnerUnknown: { status: 404, message: 'There is no such partner.' },
})
