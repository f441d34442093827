"""Signs in at the authorization server of a protected MCP server, as Python's MCP client does it, and calls tools."""

import asyncio
import sys
from urllib.parse import parse_qs, urljoin, urlparse

import httpx2 as httpx
from mcp import Client
from mcp.client.auth import AuthorizationCodeResult, OAuthClientProvider
from mcp.client.streamable_http import streamable_http_client
from mcp.shared.auth import OAuthClientMetadata

URL = sys.argv[1]
REDIRECT = "http://127.0.0.1:3030/callback"


class Storage:
    tokens = client = None

    async def get_tokens(self):
        return self.tokens

    async def set_tokens(self, tokens):
        self.tokens = tokens

    async def get_client_info(self):
        return self.client

    async def set_client_info(self, client):
        self.client = client


class Browser:
    """Follows the redirects of the authorization server, which asks nothing."""

    async def open(self, url):
        async with httpx.AsyncClient() as client:
            while not url.startswith(REDIRECT):
                response = await client.get(url)
                assert response.is_redirect, (url, response.status_code, response.text)
                url = urljoin(url, response.headers["location"])
        query = parse_qs(urlparse(url).query)
        self.result = AuthorizationCodeResult(code=query["code"][0], state=query["state"][0], iss=query["iss"][0])

    async def wait(self):
        return self.result


async def main():
    browser, storage = Browser(), Storage()
    metadata = OAuthClientMetadata(client_name="test", redirect_uris=[REDIRECT])
    auth = OAuthClientProvider(URL, metadata, storage, browser.open, browser.wait)
    async with httpx.AsyncClient(auth=auth, follow_redirects=True) as http:
        async with Client(streamable_http_client(URL, http_client=http)) as client:
            print("tools:", [tool.name for tool in (await client.list_tools()).tools])
            for name, arguments in [("whoami", {}), ("write_order", {"item": "tea"})]:
                print(name + ":", (await client.call_tool(name, arguments)).content[0].text)
    print("scope:", storage.tokens.scope)


asyncio.run(main())
