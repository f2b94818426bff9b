import { defineErrors } from '#values/errors.ts'

export const logisticsErrors = defineErrors('logistics', {
  notFound: { status: 404, message: 'No such shipment.' },
  nameTaken: { status: 409, message: 'This name is taken.' },
  changedMeanwhile: { status: 409, message: 'Somebody changed it meanwhile.' },
})
