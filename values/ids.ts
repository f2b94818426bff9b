import { z } from 'zod'

/** An identifier (UUIDv7) that the compiler will not take for another entity's. Each entity's own stands in its owner's contract. */
export const idOf = <const Entity extends string>(entity: Entity) => z.uuidv7().meta({ entity }).brand<Entity>()

export const OrgId = idOf('Organisation')
export type OrgId = z.infer<typeof OrgId>
