import { useMemo, useRef } from 'react'
import { type ECharts, useChart } from '#ui/echarts.ts'
import { useLocale, useWords } from '#ui/i18n.ts'
import { usePhone, useThemeMode } from '#ui/theme.ts'
import { Industry, type Relation } from '../contract.ts'
import { type ChainNode, chainPicture } from './chain-layout.ts'
import { chainOption } from './chain-option.ts'

const order = ['customer', ...Industry.options, 'otherIndustry', 'operator', 'funder', 'assessor']

/** Up to here a low picture suffices. */
const FEW = 12

export interface ChainGraphProps {
  ownName: string
  relations: Relation[]
  /** The group under the eye; null shows all alike. */
  chosen: string | null
  onGroup: (group: string) => void
  onPartner: (relation: Relation) => void
}

/** The chain as a picture: one’s own organisation in the middle, its partners around it by industry. */
export function ChainGraph(props: ChainGraphProps) {
  const t = useWords('organisations')
  const mode = useThemeMode()
  const locale = useLocale()
  const phone = usePhone()
  const latest = useRef(props)
  latest.current = props
  const heightPx = phone ? 320 : props.relations.length > FEW ? 520 : 340
  const picture = useMemo(
    () =>
      chainPicture(
        props.relations,
        order,
        phone ? { width: 320, height: 300, partners: false } : { width: 1000, height: heightPx, partners: true },
      ),
    [props.relations, phone, heightPx],
  )
  const byId = useRef(new Map<string, ChainNode>())
  byId.current = new Map(picture.nodes.map((node) => [node.id, node]))

  const option = useMemo(
    () => chainOption(picture, { mode, locale, phone, t, ownName: props.ownName, chosen: props.chosen }),
    [picture, mode, locale, phone, t, props.ownName, props.chosen],
  )

  const connect = (chart: ECharts) => {
    chart.on('click', (event) => {
      const node = byId.current.get((event.data as { id?: string } | undefined)?.id ?? '')
      if (node?.kind === 'group') latest.current.onGroup(node.group)
      if (node?.relation) latest.current.onPartner(node.relation)
    })
  }
  const element = useChart(option, connect)
  return (
    <div role="img" aria-label={t('graphLabel', { n: props.relations.length })}>
      <div ref={element} style={{ width: '100%', height: heightPx }} />
    </div>
  )
}
