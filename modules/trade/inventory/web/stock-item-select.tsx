import { useQuery } from '@tanstack/react-query'
import { Select } from 'antd'
import { useState } from 'react'
import { type MaterialId, materialsApi } from '#modules/trade/materials/contract.ts'
import { call } from '#ui/api.ts'
import { useWords } from '#ui/i18n.ts'
import { stockApi } from '../stock-contract.ts'

export interface ItemChoice {
  id: MaterialId
  name: string
  unit: string
}

const HITS = 20

/** A material that there is some of; `all`: any of the catalogue. */
export function StockItemSelect({
  value,
  onChange,
  all,
}: {
  value?: ItemChoice | undefined
  onChange?: (choice: ItemChoice) => void
  all: boolean
}) {
  const t = useWords('inventory')
  const [search, setSearch] = useState('')
  const found = useQuery({
    queryKey: ['inventory', 'choices', all, search],
    queryFn: async ({ signal }): Promise<(ItemChoice & { code: string })[]> => {
      const query = { limit: HITS, ...(search ? { search } : {}) }
      if (!all)
        return (await call(stockApi.items, { query, signal })).items.map(({ materialId: id, name, unit, code }) => ({
          id,
          name,
          unit,
          code,
        }))
      return (await call(materialsApi.list, { query, signal })).items.map(({ id, name, baseUnit: unit, code }) => ({
        id,
        name,
        unit,
        code,
      }))
    },
  })
  return (
    <Select
      aria-label={t('material')}
      placeholder={t('move.chooseMaterial')}
      value={value?.id ?? null}
      showSearch={{ filterOption: false, onSearch: setSearch }}
      loading={found.isFetching}
      options={[
        ...(value && !found.data?.some((one) => one.id === value.id) ? [{ value: value.id, label: value.name }] : []),
        ...(found.data ?? []).map((one) => ({ value: one.id, label: `${one.code} ${one.name}` })),
      ]}
      onChange={(id) => {
        const one = found.data?.find((choice) => choice.id === id)
        if (one) onChange?.({ id: one.id, name: `${one.code} ${one.name}`, unit: one.unit })
      }}
    />
  )
}
