import { Button, Drawer } from 'antd'
import { useState } from 'react'
import { Link } from 'react-router'
import { call } from '#ui/api.ts'
import { type Column, DataTable } from '#ui/data-table.tsx'
import { formatDateTime } from '#ui/format.ts'
import { useLocale, useWords } from '#ui/i18n.ts'
import { Page } from '#ui/page.tsx'
import { Panels } from '#ui/panels.tsx'
import { type ChainItem, chainApi } from '../chain-contract.ts'
import { quantityText } from './queries.ts'
import './inventory.css'

/** Who holds what along the chain: one's own, suppliers' goods here, and what suppliers share of theirs. */
export function Component() {
  const t = useWords('inventory')
  const locale = useLocale()
  const [opened, setOpened] = useState<ChainItem>()
  const amount = (key: 'own' | 'consigned' | 'atSuppliers'): Column<ChainItem> => ({
    key,
    title: t(`chain.${key}`),
    align: 'right',
    render: (row) => quantityText(row[key], row.unit, locale),
    text: (row) => (row[key] === null ? null : Number(row[key])),
  })
  const shares = (
    <Link to="/inventory/shares?side=buyer">
      <Button>{t('chain.agreements')}</Button>
    </Link>
  )
  return (
    <Page title={t('menu.chain')} subtitle={t('chain.subtitle')} actions={shares}>
      <DataTable<ChainItem>
        name="inventory-chain"
        label={t('menu.chain')}
        queryKey={['inventory', 'chain']}
        rowKey={(row) => row.materialId}
        defaultSort="code"
        searchHint={t('items.search')}
        pageQuery={(query, signal) => call(chainApi.chain, { query: query as never, signal })}
        onOpen={setOpened}
        columns={[
          { key: 'name', title: t('material'), primary: true, render: (row) => row.name, text: (row) => row.name },
          { key: 'code', title: t('code'), sort: 'code', render: (row) => row.code, text: (row) => row.code },
          amount('own'),
          amount('consigned'),
          amount('atSuppliers'),
          {
            key: 'holders',
            title: t('chain.holders'),
            align: 'right',
            render: (row) => t('chain.places', { n: row.holders.length }),
            text: (row) => row.holders.length,
          },
          {
            key: 'asOf',
            title: t('chain.asOf'),
            render: (row) => formatDateTime(row.asOf),
            text: (row) => row.asOf,
          },
        ]}
        empty={{ text: t('chain.empty'), action: shares }}
      />
      <Holders item={opened} onClose={() => setOpened(undefined)} />
    </Page>
  )
}

function Holders({ item, onClose }: { item: ChainItem | undefined; onClose: () => void }) {
  const t = useWords('inventory')
  const locale = useLocale()
  return (
    <Drawer
      open={item !== undefined}
      title={item ? `${item.code} ${item.name}` : ''}
      size={560}
      styles={{ wrapper: { maxWidth: '100vw' } }}
      onClose={onClose}
      destroyOnHidden
    >
      {item && (
        <>
          <table className="iv-holders" aria-label={t('chain.holders')}>
            <thead>
              <tr>
                <th scope="col">{t('chain.kind')}</th>
                <th scope="col">{t('chain.holder')}</th>
                <th scope="col" className="iv-right">
                  {t('quantity')}
                </th>
                <th scope="col">{t('chain.asOf')}</th>
              </tr>
            </thead>
            <tbody>
              {item.holders.map((holder) => (
                <tr key={`${holder.kind} ${holder.name}`}>
                  <td>{t(`chain.kinds.${holder.kind}`)}</td>
                  <td>{holder.name}</td>
                  <td className="iv-right">{quantityText(holder.quantity, item.unit, locale)}</td>
                  <td>{formatDateTime(holder.asOf)}</td>
                </tr>
              ))}
            </tbody>
          </table>
          <p className="ls-quiet">{t('chain.asOfHint')}</p>
          <Panels slot="inventory.holders" props={{ materialId: item.materialId, unit: item.unit }} />
        </>
      )}
    </Drawer>
  )
}
