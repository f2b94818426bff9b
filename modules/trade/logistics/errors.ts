import { defineErrors } from '#values/errors.ts'

export const logisticsErrors = defineErrors('logistics', {
  notFound: { status: 404, message: 'There is no such record.' },
  noRelation: { status: 404, message: 'There is no such organisation among your partners.' },
  changedMeanwhile: { status: 409, message: 'Somebody changed it meanwhile.' },
  nameTaken: { status: 409, message: 'This name is taken.' },
  badTemplate: { status: 422, message: 'The template cannot be used.' },
  prefixInUse: { status: 409, message: 'Another organisation on this platform uses this company prefix.' },
})
