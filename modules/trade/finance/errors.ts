import { defineErrors } from '#values/errors.ts'

export const financeErrors = defineErrors('finance', {
  notFound: { status: 404, message: 'No such voucher.' },
  nameTaken: { status: 409, message: 'This name is taken.' },
  changedMeanwhile: { status: 409, message: 'Somebody changed it meanwhile.' },
})
