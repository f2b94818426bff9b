import { defineErrors } from '#values/errors.ts'

export const telemetryErrors = defineErrors('telemetry', {
  notFound: { status: 404, message: 'No such device or measuring point.' },
  periodTooLong: { status: 422, message: 'The period is longer than this question allows.' },
  periodEmpty: { status: 422, message: 'The period ends before it starts.' },
  textHasNoCurve: { status: 422, message: 'A text has no average; read its raw values.' },
  tooManyPoints: { status: 422, message: 'More measuring points than one question may name.' },
  onlyKeyFigures: { status: 403, message: 'The data-sharing agreement opens aggregated values only.' },
  delayed: { status: 403, message: 'The data-sharing agreement opens values with a delay; they cannot be watched live.' },
  notInPeriod: { status: 403, message: 'The data-sharing agreement does not cover the present.' },
  tooManyStreams: { status: 429, message: 'Too many live views are open. Close one first.' },
  wrongCredential: { status: 401, message: 'The device name or its secret is wrong.' },
  lockedOut: { status: 429, message: 'Too many wrong secrets. Try again later.' },
  notAGateway: { status: 403, message: 'Only a gateway sends batches of several devices.' },
  messageTooLarge: { status: 413, message: 'The message is larger than 256 kB.' },
  overQuota: { status: 429, message: 'The organisation has sent as many values as its quota allows; send the same again later.' },
  notStored: { status: 503, message: 'The values could not be stored now; send them again.' },
  waveformRefused: { status: 422, message: 'The waveform was not stored; `reasons` says why.' },
  retentionOrder: { status: 422, message: 'Minutes are kept at least as long as raw values, hours at least as long as minutes.' },
  changedMeanwhile: { status: 409, message: 'Somebody changed this meanwhile.' },
})
