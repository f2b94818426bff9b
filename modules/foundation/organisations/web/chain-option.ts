import type { EChartsCoreOption } from '#ui/echarts.ts'
import { nameIn, type PageLocale, type Words } from '#ui/i18n.ts'
import { seriesColors, type ThemeMode } from '#ui/theme.ts'
import type { Relation } from '../contract.ts'
import type { ChainNode, ChainPicture } from './chain-layout.ts'
import { shortName } from './short-name.ts'

interface Look {
  mode: ThemeMode
  locale: PageLocale
  phone: boolean
  t: Words
  ownName: string
  /** The group under the eye; null shows all alike. */
  chosen: string | null
}

/** The chain's picture as ECharts draws it. */
export function chainOption(picture: ChainPicture, look: Look): EChartsCoreOption {
  const { mode, locale, phone, t } = look
  const colors = seriesColors[mode]
  const ink = mode === 'dark' ? '#e6edf2' : '#16212c'
  const colorOf = (group: string) => colors[picture.groups.indexOf(group) % colors.length]
  const fullName = (relation: Relation) => nameIn(locale, relation.partnerName, relation.partnerNameEn)
  const label = (node: ChainNode): string => {
    if (node.kind === 'own') return look.ownName
    if (node.kind === 'group') return `${t(`groups.${node.group}`)} ${node.count}`
    return node.relation ? fullName(node.relation) : ''
  }
  const dimmed = (node: ChainNode) => look.chosen !== null && node.kind !== 'own' && node.group !== look.chosen
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
}

// ECharts takes a tooltip for HTML; names come from people.
function plainText(text: string): HTMLElement {
  const element = document.createElement('span')
  element.textContent = text
  return element
}
