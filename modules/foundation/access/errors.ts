import { defineErrors } from '#values/errors.ts'

export const accessErrors = defineErrors('access', {
  wrongCredentials: { status: 401, message: 'Name or password is wrong.' },
  locked: { status: 429, message: 'Too many wrong passwords. Try again later.' },
  weakPassword: { status: 422, message: 'The password does not meet the policy.' },
  alreadyInitialised: { status: 409, message: 'The platform has an administrator already.' },
  notFound: { status: 404, message: 'No such user, role or client.' },
  changedMeanwhile: { status: 409, message: 'Somebody changed this meanwhile.' },
  tooManyUsers: { status: 409, message: 'The organisation has as many users as its quota allows.' },
  loginTaken: { status: 409, message: 'This log-in name is taken.' },
  nameTaken: { status: 409, message: 'This name is taken.' },
  unknownRole: { status: 422, message: 'A role in the list does not exist.' },
  separationOfDuties: { status: 422, message: 'System, security and audit administrators must be different people.' },
  lastAdministrator: { status: 409, message: 'The organisation must keep one active administrator.' },
  ownAccount: { status: 409, message: 'You cannot do this to your own account.' },
  builtInRole: { status: 409, message: 'A built-in role cannot be changed.' },
  roleInUse: { status: 409, message: 'Somebody still has this role.' },
  notAMember: { status: 403, message: 'You are not a member of this organisation.' },
  cannotGrant: { status: 403, message: 'You can only give permissions that you have yourself.' },
  unknownPermission: { status: 422, message: 'A permission in the list does not exist.' },
  dutyMissing: {
    status: 422,
    message: 'System, security and audit administrator must each be an active person before duties are separated.',
  },
  sharedPerson: { status: 409, message: 'The account belongs to another organisation, which alone may reset its password.' },
  invalidScope: { status: 400, message: 'The client does not have this scope.' },
  invalidClient: { status: 401, message: 'Client id or secret is wrong.' },
})
