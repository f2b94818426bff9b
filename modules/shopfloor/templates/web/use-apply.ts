import { useQueryClient } from '@tanstack/react-query'
import { App } from 'antd'
import { useState } from 'react'
import type { z } from 'zod'
import type { Industry } from '#modules/foundation/organisations/contract.ts'
import { call, errorText } from '#ui/api.ts'
import { useWords } from '#ui/i18n.ts'
import { templatesApi } from '../contract.ts'

export type Applied = z.output<typeof templatesApi.apply.response>

/** Applies the template once at a time; what other pages show of it is asked for anew. */
export function useApply(industry: Industry) {
  const t = useWords('templates')
  const client = useQueryClient()
  const { message } = App.useApp()
  const [applying, setApplying] = useState(false)
  const [applied, setApplied] = useState<Applied>()
  const apply = async (body: z.input<typeof templatesApi.apply.body>) => {
    setApplying(true)
    try {
      setApplied(await call(templatesApi.apply, { params: { industry }, body }))
      await client.invalidateQueries()
      window.scrollTo({ top: 0 })
    } catch (error) {
      void message.error(errorText(error, t))
    } finally {
      setApplying(false)
    }
  }
  return { apply, applying, applied }
}
