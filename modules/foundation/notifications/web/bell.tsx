import { BellOutlined } from '@ant-design/icons'
import { useQuery } from '@tanstack/react-query'
import { Badge, Button } from 'antd'
import { useNavigate } from 'react-router'
import { useWords } from '#ui/i18n.ts'
import { useCan } from '#ui/session.ts'
import { notificationQueries } from './queries.ts'

/** In the header of every page: how many messages are unread. */
export function Component() {
  return useCan('notifications.read') ? <Bell /> : null
}

function Bell() {
  const t = useWords('notifications')
  const navigate = useNavigate()
  const { data } = useQuery(notificationQueries.unread)
  const unread = data?.unread ?? 0
  return (
    <Button
      type="text"
      aria-label={unread > 0 ? t('bell', { n: unread }) : t('bellNone')}
      icon={
        <Badge count={unread} size="small" overflowCount={99}>
          <BellOutlined aria-hidden />
        </Badge>
      }
      onClick={() => void navigate('/notifications')}
    />
  )
}
