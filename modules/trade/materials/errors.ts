import { defineErrors } from '#values/errors.ts'

export const materialsErrors = defineErrors('materials', {
  notFound: { status: 404, message: 'No such material.' },
  nameTaken: { status: 409, message: 'This name is taken.' },
  changedMeanwhile: { status: 409, message: 'Somebody changed it meanwhile.' },
})
