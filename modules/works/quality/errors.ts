import { defineErrors } from '#values/errors.ts'

export const qualityErrors = defineErrors('quality', {
  notFound: { status: 404, message: 'No such inspection.' },
  defectNotFound: { status: 404, message: 'No such defect code.' },
  codeTaken: { status: 409, message: 'There is a defect of this code already.' },
  changedMeanwhile: { status: 409, message: 'Somebody changed it meanwhile.' },
  alreadyDecided: { status: 409, message: 'The inspection is decided already.' },
  notDecided: { status: 409, message: 'The inspection is not decided yet.' },
  sumDiffers: { status: 422, message: 'Accepted and rejected together are not the lot.' },
  sampleTooLarge: { status: 422, message: 'The sample is larger than the lot.' },
  reasonMissing: { status: 422, message: 'What is rejected needs a defect.' },
  defectTwice: { status: 422, message: 'A defect is named twice.' },
  defectTooMany: { status: 422, message: 'More defective pieces than the lot has.' },
  defectRetired: { status: 422, message: 'This defect code is not in use any more.' },
})
