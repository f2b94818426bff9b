import { defineErrors } from '#values/errors.ts'

export const materialsErrors = defineErrors('materials', {
  notFound: { status: 404, message: 'No such material.' },
  categoryNotFound: { status: 404, message: 'No such category.' },
  codeTaken: { status: 409, message: 'A material has this code already.' },
  categoryCodeTaken: { status: 409, message: 'A category has this code already.' },
  categoryLoop: { status: 422, message: 'A category cannot stand below itself.' },
  categoryTooDeep: { status: 422, message: 'Categories stand at most eight deep.' },
  categoryInUse: { status: 409, message: 'The category has categories below it or materials that are in use.' },
  noNumbering: { status: 422, message: 'The category has no prefix for numbers; give a code.' },
  attributesWrong: { status: 422, message: 'Attributes do not fit the category.' },
  retired: { status: 409, message: 'The material is out of use.' },
  unitTwice: { status: 422, message: 'A unit is named twice, or is the base unit.' },
  baseUnitFixed: { status: 409, message: 'The base unit cannot change once a source or price names the material.' },
  noRelation: { status: 404, message: 'There is no such supplier among your partners.' },
  sourceNotFound: { status: 404, message: 'The supplier is no source of this material.' },
  sourceExists: { status: 409, message: 'This supplier is a source of the material already.' },
  priceOverlaps: { status: 409, message: 'Another price is in force in this period.' },
  invalidPeriod: { status: 422, message: 'The last day lies before the first.' },
  unitUnknown: { status: 422, message: 'The material has no such unit.' },
  changedMeanwhile: { status: 409, message: 'Somebody changed it meanwhile.' },
})
