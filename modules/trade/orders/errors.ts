import { defineErrors } from '#values/errors.ts'

export const ordersErrors = defineErrors('orders', {
  notFound: { status: 404, message: 'No such order.' },
  nameTaken: { status: 409, message: 'This name is taken.' },
  changedMeanwhile: { status: 409, message: 'Somebody changed it meanwhile.' },
})
