"""/meeting/: the evening meeting and its decisions. /reports/: the daily report, its versions, lower bodies' own numbers."""

from django.urls import path

from .views import reports, self_reports
from .views.meetings import acts, pages, papers

urlpatterns = [
    path("meeting/", pages.tonight, name="meeting"),
    path("meeting/begin/", acts.begin, name="meeting-begin"),
    path("meeting/words/<int:group>/", acts.report_in, name="meeting-words"),
    path("meeting/all/", papers.meeting_list, name="meeting-list"),
    path("meeting/decisions/", papers.decision_list, name="decision-list"),
    path("meeting/decisions/<int:pk>/", papers.done, name="decision-done"),
    path("meeting/<int:pk>/", pages.detail, name="meeting-detail"),
    path("meeting/<int:pk>/screen/", pages.screen, name="meeting-screen"),
    path("meeting/<int:pk>/minutes/", papers.minutes, name="meeting-minutes"),
    path("meeting/<int:pk>/decide/", acts.decide, name="meeting-decide"),
    path("meeting/<int:pk>/adjourn/", acts.adjourn, name="meeting-adjourn"),
    path("meeting/<int:pk>/hear/<int:group>/", acts.hear, name="meeting-hear"),
    path("meeting/<int:pk>/heard/<int:group>/", acts.heard, name="meeting-heard"),
    path("meeting/<int:pk>/spoken/<int:group>/", acts.spoken, name="meeting-spoken"),
    path("reports/", reports.report_list, name="report-list"),
    path("reports/today/", reports.today, name="report-today"),
    path("reports/live/", reports.live, name="report-live"),
    path("reports/day/<str:day>/", reports.day, name="report-day"),
    path("reports/day/<str:day>/draft/", reports.draft, name="report-draft"),
    path("reports/day/<str:day>/freeze/", reports.freeze, name="report-freeze"),
    path("reports/self/", self_reports.self_report_list, name="self-report-list"),
    path("reports/self/new/", self_reports.new, name="self-report-new"),
    path("reports/<int:pk>/", reports.detail, name="report"),
    path("reports/<int:pk>/text/", reports.text, name="report-text"),
    path("reports/<int:pk>/compare/", reports.compare, name="report-compare"),
    path("reports/<int:pk>/differences/", reports.differences, name="report-differences"),
    path("reports/<int:pk>/amend/", reports.amend, name="report-amend"),
]
