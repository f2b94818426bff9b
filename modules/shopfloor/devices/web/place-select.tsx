import { useQuery } from '@tanstack/react-query'
import { TreeSelect } from 'antd'
import type { PlantNode } from '#modules/shopfloor/plant/contract.ts'
import { nameIn, type PageLocale, useLocale, useWords } from '#ui/i18n.ts'
import { deviceQueries } from './queries.ts'

interface Option {
  value: string
  title: string
  disabled: boolean
  children: Option[]
}

/** A place of the plant to put a device on; the enterprise itself is none. */
export function PlaceSelect(props: { id?: string; value?: string | null; onChange?: (value: string | null) => void }) {
  const t = useWords('devices')
  const locale = useLocale()
  const places = useQuery(deviceQueries.places)
  return (
    <TreeSelect<string>
      {...(props.id ? { id: props.id } : {})}
      value={props.value ?? undefined}
      onChange={(value) => props.onChange?.(value ?? null)}
      treeData={optionsBelow(places.data?.nodes ?? [], null, locale)}
      treeDefaultExpandAll
      allowClear
      showSearch={{ treeNodeFilterProp: 'title' }}
      loading={places.isPending}
      placeholder={t('noPlace')}
    />
  )
}

function optionsBelow(nodes: readonly PlantNode[], parentId: string | null, locale: PageLocale): Option[] {
  return nodes
    .filter((node) => node.parentId === parentId)
    .sort((a, b) => a.code.localeCompare(b.code, 'zh-CN', { numeric: true }))
    .map((node) => ({
      value: node.id,
      title: `${nameIn(locale, node.name, node.nameEn)}（${node.code}）`,
      disabled: node.level === 'enterprise',
      children: optionsBelow(nodes, node.id, locale),
    }))
}
