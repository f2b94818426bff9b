import { defineErrors } from '#values/errors.ts'

export const inventoryErrors = defineErrors('inventory', {
  locationNotFound: { status: 404, message: 'No such location.' },
  materialNotFound: { status: 404, message: 'Your catalogue has no such material.' },
  codeTaken: { status: 409, message: 'This code is taken.' },
  changedMeanwhile: { status: 409, message: 'Somebody changed it meanwhile.' },
  locationClosed: { status: 409, message: 'The location is closed; nothing goes in or out.' },
  locationInUse: { status: 409, message: 'There is still stock in the location; only an empty one is closed.' },
  systemLocation: { status: 409, message: 'A system place cannot be changed.' },
  notEnough: { status: 409, message: 'There is not enough stock for this.' },
  notEnoughThen: { status: 409, message: 'On that day, or on a later one, there would have been less than nothing.' },
  reservedForOthers: { status: 409, message: 'What is left is reserved for others.' },
  serialElsewhere: { status: 409, message: 'The serial number is not where it would leave, or is somewhere already.' },
  sourceDiffers: { status: 409, message: 'The same line of the same document was posted otherwise before.' },
  quantityNotPositive: { status: 422, message: 'A quantity moved is greater than zero.' },
  samePlace: { status: 422, message: 'From and to are the same place.' },
  lotNeeded: { status: 422, message: 'The material is kept by lots: name the lot.' },
  serialNeeded: { status: 422, message: 'The material is kept by serial numbers: name the number, one by one.' },
  serialNotKept: { status: 422, message: 'The material is not kept by serial numbers.' },
  expiryNeedsLot: { status: 422, message: 'An expiry date belongs to a lot: name the lot.' },
  lotExpiryDiffers: { status: 409, message: 'The lot is known with another expiry date.' },
  dayInFuture: { status: 422, message: 'The day is in the future.' },
})
