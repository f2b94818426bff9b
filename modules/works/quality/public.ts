import type { Context } from '#kernel/context.ts'
import type { Defect, DefectForm } from './contract.ts'

export interface QualityPublic {
  /** For first data: as the endpoint. */
  createDefect(ctx: Context, form: DefectForm): Promise<Defect>
}
