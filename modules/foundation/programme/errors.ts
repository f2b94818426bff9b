import { defineErrors } from '#values/errors.ts'

export const programmeErrors = defineErrors('programme', {
  notFound: { status: 404, message: 'No such partner.' },
  certificateNotFound: { status: 404, message: 'No such certificate.' },
  changedMeanwhile: { status: 409, message: 'Somebody changed the partner meanwhile.' },
  notAllowedNow: { status: 409, message: 'The partner is in a state that does not allow this, or it is the other side’s to do.' },
  leaderOnly: { status: 403, message: 'Only a leader keeps a partner programme.' },
  partnerExists: { status: 409, message: 'This enterprise is in the programme already.' },
  organisationExists: {
    status: 409,
    message: 'An enterprise with this credit code is on the platform: agree on a relation, then take it in from there.',
  },
  noRelation: { status: 422, message: 'There is no supply relation in force with this enterprise.' },
  reasonNeeded: { status: 422, message: 'Say why.' },
  linkNeeded: { status: 409, message: 'The enterprise is on the platform: it applies there, by no link.' },
  ownOrganisation: { status: 422, message: 'This is your own organisation.' },
  linkInvalid: { status: 404, message: 'The link is not valid: expired, used, or replaced by a newer one.' },
  tooManyFiles: { status: 409, message: 'No more certificates can be added; remove one first.' },
  tooManyAttempts: { status: 429, message: 'Too many attempts by this link; ask for a new one.' },
  notYours: { status: 403, message: 'Whoever added a certificate removes it.' },
})
