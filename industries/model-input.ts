import { devicesApi } from '#modules/shopfloor/devices/contract.ts'
import type { ThingModelFile } from './thing-models.ts'

/** A machine type as an organisation's own thing model; its states go by the words of the language that its people read. */
export const modelInputOf = ({ code, name, nameEn, properties }: ThingModelFile) =>
  devicesApi.createThingModel.body.parse({
    code,
    name,
    nameEn,
    description: '',
    definition: {
      properties: properties.map(({ states, ...property }) => ({
        ...property,
        states: states ? Object.fromEntries(Object.entries(states).map(([state, words]) => [state, words.zh])) : null,
      })),
    },
  })
