"""/problems/: the ledger, one problem and its moves, the inbox of those who must mend."""

from django.urls import path

from .views import inbox, ledger, moves, problem

urlpatterns = [
    path("", ledger.problem_list, name="problem-list"),
    path("new/", problem.problem_new, name="problem-new"),
    path("inbox/", inbox.inbox, name="inbox"),
    path("inbox/accept/", inbox.inbox_accept, name="inbox-accept"),
    path("bulk/<str:name>/", ledger.bulk, name="problem-bulk"),
    path("units/", ledger.suggest_units, name="problem-units"),
    path("points/", ledger.suggest_points, name="problem-points"),
    path("<int:number>/", problem.problem, name="problem"),
    path("<int:number>/packet.json", problem.packet_file, name="problem-packet"),
    path("<int:number>/<str:name>/", moves.move, name="problem-move"),
]
