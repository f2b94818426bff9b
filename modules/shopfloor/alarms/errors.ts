import { defineErrors } from '#values/errors.ts'

export const alarmsErrors = defineErrors('alarms', {
  notFound: { status: 404, message: 'No such alarm.' },
  ruleNotFound: { status: 404, message: 'No such alarm rule.' },
  deviceNotFound: { status: 404, message: 'No such device.' },
  modelNotFound: { status: 404, message: 'No such thing model.' },
  allSitesNeeded: { status: 403, message: 'Rules of a thing model hold for all sites: only who may see all of them makes or changes one.' },
  pointNotFound: { status: 409, message: 'The device or thing model has no such point.' },
  notNumeric: { status: 409, message: 'Texts cannot be watched: the point must be a number, a switch or a state.' },
  expressionSyntax: { status: 400, message: 'The expression is not written as CEL asks.' },
  expressionUnsupported: { status: 400, message: 'The expression uses what is not taken here.' },
  expressionMismatch: { status: 400, message: 'A true or false stands in the expression where a number belongs, or the other way round.' },
  expressionNotTrueFalse: { status: 400, message: 'The expression is a number; it must be true or false.' },
  expressionPoint: { status: 409, message: 'The expression names what is no point of the device or thing model, or a text.' },
  expressionWithoutPoint: { status: 400, message: 'The expression does not use the point of the rule.' },
  deviceOrModel: { status: 400, message: 'A rule is of one device or of one thing model.' },
  changedMeanwhile: { status: 409, message: 'Somebody changed the rule meanwhile.' },
  tooManyRules: { status: 409, message: 'The organisation has as many alarms as it may have.' },
  tooManyStreams: { status: 429, message: 'Too many open streams.' },
  periodTooLong: { status: 400, message: 'The period is longer than 92 days.' },
})
