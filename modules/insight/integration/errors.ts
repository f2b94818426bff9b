import { defineErrors } from '#values/errors.ts'

export const integrationErrors = defineErrors('integration', {
  referenceNotFound: { status: 404, message: 'No record is known by this reference.' },
  recordNotFound: { status: 404, message: 'No such record of this kind.' },
  unknownKind: { status: 422, message: 'Records of this kind take no references; GET /integration/references/kinds lists those that do.' },
  referenceTaken: { status: 409, message: 'Another record is known by this reference already; remove it there first.' },
  systemReserved: { status: 422, message: 'The system lianshu is the platform’s own; name the outside system.' },
  withinSandbox: { status: 409, message: 'This organisation is a sandbox itself.' },
  noSandbox: { status: 404, message: 'The organisation has no sandbox; open one.' },
  tooManyReferences: { status: 409, message: 'A record has as many references as it may have; remove some first.' },
})
