import { useMemo, useRef } from 'react'
import { type ECharts, useChart } from '#ui/echarts.ts'
import { nameIn, useLocale, useWords } from '#ui/i18n.ts'
import { seriesColors, usePhone, useThemeMode } from '#ui/theme.ts'
import { Industry, type Relation } from '../contract.ts'
import { type ChainNode, chainPicture } from './chain-layout.ts'
import { shortName } from './short-name.ts'

const order = ['customer', ...Industry.options, 'otherIndustry', 'operator', 'funder', 'assessor']

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
  const picture = useMemo(
    () =>
      chainPicture(
        props.relations,
        order,
        phone ? { width: 320, height: 300, partners: false } : { width: 1000, height: 520, partners: true },
      ),
    [props.relations, phone],
  )
  const byId = useRef(new Map<string, ChainNode>())
  byId.current = new Map(picture.nodes.map((node) => [node.id, node]))

  const option = useMemo(() => {
    const colors = seriesColors[mode]
    const ink = mode === 'dark' ? '#e6edf2' : '#16212c'
    const colorOf = (group: string) => colors[picture.groups.indexOf(group) % colors.length]
    const fullName = (relation: Relation) => nameIn(locale, relation.partnerName, relation.partnerNameEn)
    const label = (node: ChainNode): string => {
      if (node.kind === 'own') return props.ownName
      if (node.kind === 'group') return `${t(`groups.${node.group}`)} ${node.count}`
      return node.relation ? fullName(node.relation) : ''
    }
    const dimmed = (node: ChainNode) => props.chosen !== null && node.kind !== 'own' && node.group !== props.chosen
    return {
      animation: false,
      textStyle: { fontFamily: 'inherit' },
      tooltip: { confine: true, formatter: (hit: { name: string }) => plainText(hit.name) },
      series: [
        {
          id: 'chain',
          type: 'graph',
          layout: 'none',
          left: phone ? 44 : 60,
          right: phone ? 44 : 60,
          top: 28,
          bottom: 28,
          roam: false,
          preserveAspect: 'contain',
          labelLayout: { hideOverlap: true },
          lineStyle: { color: mode === 'dark' ? '#3a4c59' : '#b9c6cf', width: 1, curveness: 0 },
          emphasis: { focus: 'adjacency', label: { show: true } },
          data: picture.nodes.map((node) => ({
            id: node.id,
            name: label(node),
            x: node.x,
            y: node.y,
            symbolSize: node.kind === 'own' ? 46 : node.kind === 'group' ? (phone ? 14 + Math.min(22, 2 * node.count) : 26) : 11,
            itemStyle: { color: node.kind === 'own' ? '#c77700' : colorOf(node.group), opacity: dimmed(node) ? 0.18 : 1 },
            label: {
              formatter: node.relation ? shortName(fullName(node.relation), node.relation.partnerCity) : '{b}',
              show: node.kind !== 'own' || !phone,
              position: node.kind === 'partner' ? 'bottom' : node.kind === 'own' ? 'bottom' : 'top',
              color: ink,
              fontSize: node.kind === 'partner' ? 11 : 13,
              fontWeight: node.kind === 'partner' ? 'normal' : 'bold',
              width: node.kind === 'partner' ? 96 : 200,
              overflow: 'truncate',
              opacity: dimmed(node) ? 0.25 : 1,
            },
          })),
          links: picture.links,
        },
      ],
    }
  }, [picture, mode, locale, phone, props.ownName, props.chosen, t])

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
      <div ref={element} style={{ width: '100%', height: phone ? 320 : 520 }} />
    </div>
  )
}

// ECharts takes a tooltip for HTML; names come from people.
function plainText(text: string): HTMLElement {
  const element = document.createElement('span')
  element.textContent = text
  return element
}
