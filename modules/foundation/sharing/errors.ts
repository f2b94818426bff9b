import { defineErrors } from '#values/errors.ts'

export const sharingErrors = defineErrors('sharing', {
  notFound: { status: 404, message: 'No such data-sharing agreement.' },
  /** An organisation without a relation is as good as unknown. */
  noRelation: { status: 404, message: 'There is no such organisation among your partners.' },
  notGranted: { status: 403, message: 'The partner shares this data with you by no agreement.' },
  invalidPeriod: { status: 422, message: 'The end must lie after the start and in the future.' },
  notRunning: { status: 409, message: 'The agreement has ended already.' },
})
