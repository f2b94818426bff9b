import { useState } from 'react'
import type { DeviceId } from '#modules/shopfloor/devices/contract.ts'
import { call, errorText } from '#ui/api.ts'
import { useWords } from '#ui/i18n.ts'
import { configurationApi, type PointTable } from '../configuration-contract.ts'
import type { LinkId, Settings, TestSample } from '../contract.ts'
import { isUnfilled, type PointRow } from '../point-rows.ts'
import { useCodeText } from './reason-words.ts'

export interface TestReadState {
  reading: boolean
  samples: ReadonlyMap<string, TestSample> | undefined
  /** Why nothing could be read, in words. */
  failure: string | undefined
}

const MOST = 1_000

/** One read of rows by a gateway, saved or not. */
export function useTestRead(properties: readonly Pick<PointTable['properties'][number], 'name' | 'valueType'>[]) {
  const t = useWords('gateways')
  const words = useCodeText()
  const [state, setState] = useState<TestReadState>({ reading: false, samples: undefined, failure: undefined })
  const read = async (gatewayId: string, linkId: string, unit: Settings, rows: readonly PointRow[]) => {
    setState((before) => ({ ...before, reading: true, failure: undefined }))
    const types = new Map(properties.map((property) => [property.name, property.valueType]))
    const points = rows
      .filter((row) => !isUnfilled(row))
      .slice(0, MOST)
      .flatMap(({ name, place, scale, offset }) => {
        const valueType = types.get(name)
        return valueType ? [{ name, place, valueType, scale, offset }] : []
      })
    if (points.length === 0) return setState({ reading: false, samples: undefined, failure: t('nothingFilled') })
    try {
      const answer = await call(configurationApi.testRead, {
        params: { id: gatewayId as DeviceId },
        body: { link: { id: linkId as LinkId }, unit, points },
      })
      if (answer.outcome === 'read')
        setState({ reading: false, samples: new Map(answer.samples.map((sample) => [sample.name, sample])), failure: undefined })
      else setState({ reading: false, samples: undefined, failure: words(answer.reason, answer.details) })
    } catch (error) {
      setState({ reading: false, samples: undefined, failure: errorText(error, t) })
    }
  }
  return { ...state, read }
}
