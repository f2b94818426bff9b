import { useQuery } from '@tanstack/react-query'
import { Select } from 'antd'
import { useState } from 'react'
import { useLocale, useWords } from '#ui/i18n.ts'
import { logisticsQueries } from './queries.ts'

/** One of our suppliers, by a part of the name. */
export function SupplierSelect(props: { value?: string; onChange?: (supplier: string) => void; id?: string }) {
  const t = useWords('logistics')
  const [search, setSearch] = useState('')
  const suppliers = useQuery(logisticsQueries.suppliers(search, useLocale()))
  return (
    <Select
      id={props.id ?? 'supplier'}
      {...(props.value === undefined ? {} : { value: props.value })}
      {...(props.onChange === undefined ? {} : { onChange: props.onChange })}
      showSearch={{ filterOption: false, onSearch: setSearch }}
      loading={suppliers.isFetching}
      options={suppliers.data ?? []}
      notFoundContent={t('setup.noSuppliers')}
    />
  )
}
