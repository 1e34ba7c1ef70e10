from __future__ import annotations

import pyodata
from builder import report
from pyodata.v2.service import GetEntitySetFilter

_METADATA = """<edmx:Edmx xmlns:edmx="http://schemas.microsoft.com/ado/2007/06/edmx" Version="1.0">
<edmx:DataServices xmlns:m="http://schemas.microsoft.com/ado/2007/08/dataservices/metadata" m:DataServiceVersion="2.0">
<Schema xmlns="http://schemas.microsoft.com/ado/2008/09/edm" xmlns:sap="http://www.sap.com/Protocols/SAPData" Namespace="UiPath">
<EntityType Name="Job"><Key><PropertyRef Name="Id"/></Key>
<Property Name="Id" Type="Edm.Int64" Nullable="false"/><Property Name="State" Type="Edm.String" MaxLength="50"/></EntityType>
<EntityContainer Name="Default" m:IsDefaultEntityContainer="true"><EntitySet Name="Jobs" EntityType="UiPath.Job"/></EntityContainer>
</Schema></edmx:DataServices></edmx:Edmx>"""
client = pyodata.Client("https://host/odata", None, metadata=_METADATA.encode())


def build(number):
    request = client.entity_sets.Jobs.get_entities()
    condition = GetEntitySetFilter.and_(request.State == "Faulted", request.Id > number)
    request = request.filter(condition).select("Id,State").order_by("Id desc").top(100)
    return "&".join(f"{name}={text}" for name, text in request.get_query_params().items())


report(build)
