import { defineErrors } from '#values/errors.ts'

export const inventoryErrors = defineErrors('inventory', {
  notFound: { status: 404, message: 'No such location.' },
  nameTaken: { status: 409, message: 'This name is taken.' },
  changedMeanwhile: { status: 409, message: 'Somebody changed it meanwhile.' },
})
