import { Alert, Button, Space } from 'antd'
import { Link } from 'react-router'
import { ApiError, errorText } from '#ui/api.ts'
import { useWords } from '#ui/i18n.ts'
import type { Acceptances } from './use-acceptances.ts'

/** What was signed without a network and waits, and what the server refused of it, with the reason. */
export function WaitingAcceptances({ acceptances: { queue, drop } }: { acceptances: Acceptances }) {
  const t = useWords('orders')
  const waiting = queue.filter((one) => !one.refused)
  return (
    <>
      {waiting.length > 0 && (
        <Alert
          type="warning"
          showIcon
          className="orders-turn"
          title={t('offline.waiting', { n: waiting.length })}
          description={waiting.map((one) => one.number).join('、')}
        />
      )}
      {queue.map(
        ({ key, number, orderId, revision, refused }) =>
          refused && (
            <Alert
              key={key}
              type="error"
              showIcon
              role="alert"
              className="orders-turn"
              title={t('offline.refused', { number, no: revision })}
              description={
                <>
                  <p>{errorText(new ApiError(refused.code, 422, refused.detail, refused.details, {}), t)}</p>
                  <Space wrap>
                    <Link to={`/orders/${orderId}`}>
                      <Button>{t('offline.look')}</Button>
                    </Link>
                    <Button onClick={() => drop(key)}>{t('offline.drop')}</Button>
                  </Space>
                </>
              }
            />
          ),
      )}
    </>
  )
}
