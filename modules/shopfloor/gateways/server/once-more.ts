import { violatedUnique } from '#kernel/postgres.ts'

const MODEL_VERSION = 'thing_model_org_id_code_version_no_key'

/** Somebody who made the same thing model, or its next version, in this very moment is seen by the second try. */
export async function onceMore<Result>(run: () => Promise<Result>): Promise<Result> {
  try {
    return await run()
  } catch (error) {
    if (violatedUnique(error) !== MODEL_VERSION) throw error
    return run()
  }
}
